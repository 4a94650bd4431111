export { fakeHushfield } from './fake-hushfield.ts';
export type {
  FakeCall,
  FakeFailure,
  FakeHushfield,
  FakeMountFailure,
  TypedCard,
} from './types.ts';
