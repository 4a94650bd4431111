import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type Resources, ended } from '../resources.ts';

/** A process that does one thing at a time when asked, apart from the one that asks. */
export type Worker<Job, Result> = { ask(job: Job): Promise<Result>; end(): Promise<void> };

type Answer<Result> = { readonly result: Result } | { readonly error: string };

export function startWorker<Job extends object, Result>(
  resources: Resources,
  file: string,
  settings: object,
): Worker<Job, Result> {
  const child = fork(file, [JSON.stringify(settings)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  resources.add(() => ended(child));
  const gone = once(child, 'exit').then((): never => {
    throw new Error(`${file} has ended`);
  });
  gone.catch(() => {});
  return {
    async ask(job) {
      const answered = once(child, 'message');
      child.send(job);
      const [answer] = (await Promise.race([answered, gone])) as [Answer<Result>];
      if ('error' in answer) throw new Error(answer.error);
      return answer.result;
    },
    end: () => ended(child),
  };
}

/** The other end: answers jobs until the process that asks is gone. */
export function answerJobs(work: (job: never) => Promise<unknown>): void {
  const send = (answer: Answer<unknown>) => process.send?.(answer);
  process.on('message', (job) => {
    work(job as never).then(
      (result) => send({ result }),
      (error: unknown) => send({ error: error instanceof Error ? (error.stack ?? '') : 'failed' }),
    );
  });
  process.on('disconnect', () => process.exit());
}

/** What the process was started with. */
export function settings(): unknown {
  return JSON.parse(process.argv[2] ?? '{}');
}

/** How fast `count` pieces of work went with so many at once. */
export type Pace = {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of CPU of the process that asked, per piece. */
  readonly cpu: number;
};
