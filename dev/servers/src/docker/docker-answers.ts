import { execFile } from 'node:child_process';

/** Whether a Docker daemon and the compose plugin can be used from here. */
export async function dockerAnswers(): Promise<boolean> {
  return (await succeeds(['info'])) && (await succeeds(['compose', 'version']));
}

function succeeds(args: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('docker', args, { timeout: 10_000 }, (error) => resolve(error === null));
  });
}
