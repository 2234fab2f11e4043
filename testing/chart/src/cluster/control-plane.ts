import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { bindToParent } from '@sluice/dev-servers/bound-process';
import { findOnPath } from '@sluice/dev-servers/find-on-path';
import { freePorts } from '@sluice/dev-servers/free-port';

/** What a real API server needs, and kwok, which plays the nodes: pods that it calls ready, and runs none. */
const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'] as const;

export interface ControlPlane {
  /** For `kubectl` and Helm: an administrator's access. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

/** Which of the programs are not on PATH. */
export const missingPrograms = (env: NodeJS.ProcessEnv): string[] =>
  programs.filter((name) => findOnPath(name, env) === undefined);

/**
 * Starts the control plane of a cluster on ports of its own, below 127.0.0.1, in a folder that the caller removes.
 * @param isUp asks the API server by way of the kubeconfig
 * @throws with the place of the logs when it does not come up within two minutes
 */
export async function startControlPlane(
  folder: string,
  isUp: (kubeconfig: string) => Promise<boolean>,
): Promise<ControlPlane> {
  const [client = 0, peer = 0, api = 0] = await freePorts(3);
  const at = (file: string): string => join(folder, file);
  const token = randomBytes(16).toString('hex');
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(at('tokens.csv'), `${token},admin,1,system:masters\n`);
  writeFileSync(at('accounts.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(at('accounts.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(at('kubeconfig'), stringify(kubeconfigOf(api, token)));

  const running: ChildProcess[] = [];
  const start = (name: (typeof programs)[number], args: readonly string[]): void => {
    const { command, args: bound } = bindToParent(findOnPath(name, process.env) ?? name, args);
    const child = spawn(command, bound, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
    const log = createWriteStream(at(`${name}.log`));
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    running.push(child);
  };
  const close = async (): Promise<void> => {
    for (const child of running.reverse()) {
      if (child.exitCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(killer);
    }
  };

  const local = (port: number): string => `http://127.0.0.1:${port}`;
  start('etcd', [
    ...['--data-dir', at('etcd'), '--unsafe-no-fsync'],
    ...['--listen-client-urls', local(client), '--advertise-client-urls', local(client)],
    ...['--listen-peer-urls', local(peer), '--initial-advertise-peer-urls', local(peer)],
    ...['--initial-cluster', `default=${local(peer)}`],
  ]);
  start('kube-apiserver', [
    ...['--etcd-servers', local(client), '--bind-address', '127.0.0.1', '--secure-port', String(api)],
    ...['--cert-dir', at('certificates'), '--token-auth-file', at('tokens.csv')],
    ...['--authorization-mode', 'RBAC', '--service-cluster-ip-range', '10.0.0.0/24'],
    ...['--service-account-issuer', 'https://kubernetes.default.svc'],
    ...['--service-account-key-file', at('accounts.pub')],
    ...['--service-account-signing-key-file', at('accounts.key')],
  ]);
  const own = ['--kubeconfig', at('kubeconfig'), '--leader-elect=false', '--secure-port', '0'];
  try {
    await within(120_000, () => isUp(at('kubeconfig')));
  } catch (error) {
    await close();
    throw error;
  }
  start('kube-controller-manager', [...own, '--service-account-private-key-file', at('accounts.key')]);
  start('kube-scheduler', own);
  start('kwok', [
    ...['--kubeconfig', at('kubeconfig'), '--config', join(import.meta.dirname, 'stages.yaml')],
    ...['--manage-all-nodes=true', '--node-lease-duration-seconds=40'],
  ]);
  return { kubeconfig: at('kubeconfig'), close };

  async function within(ms: number, isTrue: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + ms;
    while (!(await isTrue())) {
      if (Date.now() > deadline) throw new Error(`No API server answers: see the logs in ${folder}.`);
      await delay(500);
    }
  }
}

/** Its certificate is made again for each start: the token is what counts. */
const kubeconfigOf = (port: number, token: string): object => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    { name: 'test', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
  ],
  users: [{ name: 'admin', user: { token } }],
  contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  'current-context': 'test',
});
