import type { Push } from '@sluice/simulator/push';
import type { Found } from '@sluice/start/ledger';
import type { SimulatedSource } from '@sluice/simulator/vendor-simulator';
import type { HostileBody } from '@sluice/vendors/testing/vendor-attacks';
import type { Attacker } from '../system/attackers.ts';
import { sealerOf as makeSealer, type Sealer } from '../system/seal.ts';
import { asSealed, type Probe } from './probe.ts';

/** A hostile body, and the source that takes it. */
export interface SourcedBody extends Omit<HostileBody, 'toEncrypted'> {
  readonly sourceId: string;
}

/** @throws when a body is for a source that encrypts, and config/sources.yaml has none of its vendor */
export function withSource(
  { toEncrypted = false, ...body }: HostileBody,
  { vendor, plain, encrypted }: Pick<Attacker<'bombs'>, 'vendor' | 'plain' | 'encrypted'>,
): SourcedBody {
  const sourceId = toEncrypted ? encrypted : plain;
  if (sourceId === null) throw new Error(`config/sources.yaml has no source of ${vendor} that encrypts.`);
  return { ...body, sourceId };
}

/** Makes probes of bodies, one sealer for each source. */
export function hostileProbes(
  sources: readonly SimulatedSource[],
  seed: string,
): { hostile: (body: SourcedBody) => Probe; ordinary: (sourceId: string, name: string) => Probe } {
  const sealers = new Map<string, Sealer>();
  const sealerOf = (sourceId: string): Sealer => {
    const known = sealers.get(sourceId) ?? makeSealer(sources, sourceId, `${seed} ${sourceId}`);
    sealers.set(sourceId, known);
    return known;
  };
  const probeOf = (name: string, push: Push): Probe => ({
    name,
    request: asSealed(push),
    expect: 'acknowledged',
    push,
  });
  return {
    hostile: ({ name, sourceId, dataType, body }) =>
      probeOf(name, sealerOf(sourceId).signBody(body, dataType)),
    ordinary(sourceId, name) {
      const sealer = sealerOf(sourceId);
      return probeOf(name, sealer.seal(sealer.plain()));
    },
  };
}

/** The raw partitions, `topic/partition`, that hold one of these hostile pushes and no ordinary one behind it. */
export function partitionsThatEndAt(
  raw: Found['raw'],
  hostile: readonly Probe[],
  ordinary: readonly Probe[],
): string[] {
  const positionsOf = (probes: readonly Probe[]): { partition: string; offset: number }[] =>
    probes.flatMap(({ push }) => {
      const found = raw.get(`${push?.sourceId ?? ''}/${push?.payloadHash ?? ''}`);
      return [...(found?.positions ?? [])].map((position) => ({
        partition: position.slice(0, position.lastIndexOf('/')),
        offset: Number(position.slice(position.lastIndexOf('/') + 1)),
      }));
    });
  const last = new Map<string, number>();
  for (const { partition, offset } of positionsOf(ordinary))
    last.set(partition, Math.max(offset, last.get(partition) ?? -1));
  const ends = positionsOf(hostile).filter(({ partition, offset }) => (last.get(partition) ?? -1) < offset);
  return [...new Set(ends.map(({ partition }) => partition))];
}
