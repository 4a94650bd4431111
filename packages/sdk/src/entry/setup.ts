import * as z from 'zod/mini';

// Compiled validators need `new Function`, which a page with a strict policy reports as a violation.
z.config({ jitless: true });
