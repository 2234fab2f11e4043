import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { pin } from './cores.ts';

/** A process of the bench's own, which answers questions one after the other. */
export interface HelperProcess<Question, HttpResponse> {
  /** Rejects when it fails or ends instead of answering. */
  ask(question: Question): Promise<HttpResponse>;
  stop(): Promise<void>;
}

/** How a helper answers: what it returned, or the message of what it threw. */
type Reply<HttpResponse> = { readonly answer: HttpResponse } | { readonly failure: string };

/**
 * @param file a module that calls `answerWith`
 * @param core null: it runs where there is room
 * @param niceness 1 to 19: gives way to others on the same core, the more so the higher. Default: 0
 * @param flags of Node
 */
export async function startHelper<Question extends object, HttpResponse>(
  file: string,
  core: number | null,
  niceness = 0,
  flags: readonly string[] = [],
): Promise<HelperProcess<Question, HttpResponse>> {
  const child = spawn(process.execPath, [...flags, file], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(String(code ?? signal)));
  });
  await pin(child.pid, core);
  if (child.pid !== undefined && niceness > 0) setPriority(child.pid, niceness);
  return {
    ask(question) {
      return new Promise((resolve, reject) => {
        child.once('message', (message) => {
          const reply = message as Reply<HttpResponse>;
          if ('answer' in reply) resolve(reply.answer);
          else reject(new Error(reply.failure));
        });
        void ended.then((how) => reject(new Error(`A process of the bench ended (${how}): ${file}.`)));
        child.send(question, (error) => {
          if (error) reject(error);
        });
      });
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The helper's side. It ends with the process that started it. */
export function answerWith(work: (question: unknown) => Promise<object>): void {
  process.on('disconnect', () => process.exit());
  process.on('message', (question) => {
    work(question).then(
      (answer) => process.send?.({ answer }),
      (error: unknown) => process.send?.({ failure: error instanceof Error ? error.message : String(error) }),
    );
  });
}
