import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PodSpec } from '../pods.ts';
import { podOf } from '../pods.ts';
import { manifestsOf, render, type Manifest } from '../render.ts';
import { toolboxOf, isToolbox } from '../toolbox.ts';
import { fetchTool, kubernetesVersions } from '../tools/catalogue.ts';

/**
 * What a process in the toolbox of a release sees, for a process outside of a cluster: its environment, with the files
 * of its Secrets below a folder.
 * @param values of the chart, next to those of `ci/minimal-values.yaml`; passwords and sources are in them
 * @throws when Helm cannot be had, does not render, or the toolbox needs a Secret that the release does not make
 */
export async function toolboxEnvironment(folder: string, values: object): Promise<Record<string, string>> {
  const manifests = await rendered(folder, values);
  const pod = manifests.map(podOf).find((one) => one?.containers.some(isToolbox));
  const secrets = new Map(
    manifests
      .filter(({ kind }) => kind === 'Secret')
      .map((one) => [one.metadata.name, (one as Manifest & { data: Record<string, string> }).data]),
  );
  const secret = (name: string, key: string): string => {
    const value = secrets.get(name)?.[key];
    if (value === undefined) throw new Error(`The release makes no Secret ${name} with ${key}.`);
    return Buffer.from(value, 'base64').toString();
  };
  const places = writeMounts(folder, pod, secrets);
  const env = toolboxOf(manifests).env ?? [];
  return Object.fromEntries(
    env.map(({ name, value, valueFrom }) => {
      const { name: of = '', key = '' } =
        (valueFrom as { secretKeyRef?: { name: string; key: string } } | undefined)?.secretKeyRef ?? {};
      const place = places.find(([mountPath]) => value?.startsWith(`${mountPath}/`));
      if (value === undefined) return [name, secret(of, key)];
      return [name, place ? value.replace(...place) : value];
    }),
  );
}

async function rendered(folder: string, values: object): Promise<Manifest[]> {
  const helm = await fetchTool('Helm 4');
  if (helm.outcome === 'absent') throw new Error(helm.reason);
  const file = join(folder, 'values.json');
  writeFileSync(file, JSON.stringify(values));
  const newest = kubernetesVersions.at(-1) ?? '';
  const { code, stdout, stderr } = await render(helm.path, newest, 'minimal', ['--values', file]);
  if (code !== 0) throw new Error(stderr);
  return manifestsOf(stdout);
}

interface Items {
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

interface SecretVolume {
  readonly name: string;
  readonly secret?: Items & { readonly secretName: string };
  readonly projected?: {
    readonly sources: readonly { readonly secret?: Items & { readonly name: string } }[];
  };
}

/** The Secrets that a volume shows. */
const secretsOf = ({ secret, projected }: SecretVolume): (Items & { readonly name: string })[] => [
  ...(secret ? [{ ...secret, name: secret.secretName }] : []),
  ...(projected?.sources ?? []).flatMap((source) => source.secret ?? []),
];

/** @returns where each mounted Secret is to the toolbox, and where it is here */
function writeMounts(
  folder: string,
  pod: PodSpec | null | undefined,
  secrets: ReadonlyMap<string, Readonly<Record<string, string>>>,
): [string, string][] {
  const volumes = (pod?.volumes ?? []) as unknown as readonly SecretVolume[];
  const mounts = pod?.containers.find(isToolbox)?.volumeMounts ?? [];
  return mounts.flatMap(({ name, mountPath }): [string, string][] => {
    const volume = volumes.find((one) => one.name === name);
    const shown = volume ? secretsOf(volume) : [];
    if (shown.length === 0) return [];
    const place = join(folder, name);
    mkdirSync(place);
    for (const { name: secret, items } of shown) {
      const data = secrets.get(secret) ?? {};
      for (const { key, path } of items ?? Object.keys(data).map((one) => ({ key: one, path: one })))
        writeFileSync(join(place, path), Buffer.from(data[key] ?? '', 'base64'));
    }
    return [[mountPath, place]];
  });
}
