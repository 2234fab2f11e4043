import type { Push } from '@sluice/simulator/push';
import type { Found } from '@sluice/start/ledger';
import { sealerOf as makeSealer, type Sealer } from '../system/seal.ts';
import type { SimulatedSource } from '@sluice/simulator/vendor-simulator';
import { asSealed, withBody, type Probe } from './probe.ts';

/** A body as a sender with a good signature sends it, whatever is in it. */
export interface HostileBody {
  readonly name: string;
  readonly sourceId: string;
  /** What the address says of it, where the vendor's says it. */
  readonly dataType?: string;
  readonly body: Buffer;
}

/** Makes probes of bodies, one sealer for each source. */
export function hostileProbes(
  sources: readonly SimulatedSource[],
  seed: string,
): { hostile: (body: HostileBody) => Probe; ordinary: (sourceId: string, name: string) => Probe } {
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
    hostile({ name, sourceId, dataType, body }) {
      const sealer = sealerOf(sourceId);
      const plain = sealer.plain();
      const push = sealer.seal({ ...plain, dataType: dataType ?? plain.dataType });
      return probeOf(name, withBody(push, body));
    },
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
