import { must } from './built.ts';

must('biome', ['format', '--write', '.']);
