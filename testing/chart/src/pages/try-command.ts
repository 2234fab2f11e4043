import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chartFolder, root } from '../chart-folder.ts';
import { namespace } from '../render.ts';
import { kubernetesVersions } from '../tools/catalogue.ts';
import { tryRun } from '../tools/fetched.ts';

/** Nobody listens there: a command that is right fails at this, and at nothing before it. */
const nowhere = 'http://127.0.0.1:9';
const kubeconfig = {
  ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'nowhere' },
  clusters: [{ name: 'nowhere', cluster: { server: nowhere } }],
  contexts: [{ name: 'nowhere', context: { cluster: 'nowhere' } }],
};
const unreached = /was refused|connection refused|cluster unreachable|no such host/i;

/** Tries a command of a page by the real program, without a cluster: what is in it, not what it would do. */
export async function tryKubectl(kubectl: string, [, ...args]: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-kubectl-'));
  try {
    for (const arg of args) {
      const file = arg.startsWith('--from-file=') ? arg.split('=').at(-1) : undefined;
      if (file !== undefined) writeFileSync(join(folder, file), '');
      if (args[args.indexOf(arg) - 1] === '-f')
        writeFileSync(join(folder, arg), 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: one }\n');
    }
    const env = { KUBECONFIG: join(folder, 'kubeconfig') };
    writeFileSync(env.KUBECONFIG, JSON.stringify(kubeconfig));
    const { code, stderr } = await tryRun(kubectl, args, { env, cwd: folder });
    return code === 0 || unreached.test(stderr) ? [] : [stderr.trim()];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What an install or an upgrade takes and a rendering does not. */
const ofUpgradesAlone = /^--(?:reuse-values|install|wait|create-namespace|version=\S+|timeout=\S+)$/;

/** Renders what the command would apply, with the values of a production release; runs what asks no cluster. */
export async function tryHelm(helm: string, [, verb = '', ...rest]: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-helm-'));
  const values = join(chartFolder, 'ci/production-values.yaml');
  const env = { KUBECONFIG: join(folder, 'kubeconfig'), HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder };
  try {
    if (verb === 'install' || verb === 'upgrade') {
      const isOwn = /^(?:helm\/sluice$|oci:\/\/)/.test(rest[1] ?? '');
      const flags = rest.slice(2).filter((word) => !ofUpgradesAlone.test(word));
      const args = [
        ...['template', rest[0] ?? '', chartFolder, '--namespace', namespace, '--values', values],
        ...['--kube-version', kubernetesVersions.at(-1) ?? ''],
        ...flags.map((word) => (word === 'my-values.yaml' ? values : word)),
      ];
      const { code, stderr } = await tryRun(helm, args, { env });
      return [
        ...(isOwn ? [] : [`${rest[1] ?? ''} is not the chart.`]),
        ...(code === 0 ? [] : [stderr.trim()]),
      ];
    }
    const out = verb === 'package' ? ['--destination', folder] : ['--kube-apiserver', nowhere];
    const args = verb === 'push' ? [verb, ...rest] : [verb, ...rest, ...out];
    const { code, stderr } = await tryRun(helm, args, { env, cwd: root });
    const isMissing = verb === 'push' && stderr.includes('no such file');
    return code === 0 || unreached.test(stderr) || isMissing ? [] : [stderr.trim()];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
