import { isDeepStrictEqual } from 'node:util';
import { podOf, type Container } from './pods.ts';
import type { Manifest } from './render.ts';

/** What a toolbox does by itself. */
const sleep = ['tini', '--', 'sleep', 'infinity'];

/** What anybody who is called at night runs in it, as it stands: everything else comes from its environment. */
export const toolboxCommands: readonly (readonly string[])[] = [
  ['partitions', 'list'],
  ['find', '1_2052986'],
  ['dlq', 'list'],
  ['dlq', 'redrive', '--dry-run'],
  ['dlq', 'seen'],
  ['tail', 'rating', '--no-follow'],
  ['replay', '--dry-run'],
  ['schemas', 'register'],
  ['migrate'],
  ['check', 'sources'],
];
/** What is asked of ingress besides, where the release runs it. */
export const ingressCommands: readonly (readonly string[])[] = [
  ['refused'],
  ['check', 'path', '--source', 'self-test'],
];

export const isToolbox = ({ command }: Container): boolean => isDeepStrictEqual(command, sleep);

/** The container that a release has its command line in. @throws when it has none */
export function toolboxOf(manifests: readonly Manifest[]): Container {
  const found = manifests.flatMap((manifest) => podOf(manifest)?.containers.find(isToolbox) ?? []);
  if (found[0] === undefined) throw new Error('The release has no toolbox.');
  return found[0];
}
