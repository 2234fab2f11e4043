import { secretsOf, type LiveKey, type Source, type SourceSecret } from '@sluice/sources/source';
import type { Telemetry } from '@sluice/telemetry/telemetry';

type Secret = Pick<SourceSecret, 'kind' | 'page'>;

/**
 * Shows how far the change of a secret is: which secrets have two live keys, and which of the two senders still use.
 * The counters of a secret begin at 0 when it is first exposed: a counter that begins at 1 hides its first use from
 * Prometheus's `increase`, and a key that is used once in three days must not look unused.
 * @param all the sources of now; asked at each scrape
 * @returns what counts a use
 */
export function exposeKeys(
  telemetry: Telemetry,
  all: () => readonly Source[],
): (source: Source, secret: Secret, key: LiveKey) => void {
  /** Since the last scrape, by source, then by kind and page: a counter with four labels costs more for each push. */
  const uses = new Map<string, Partial<Record<string, Record<LiveKey, number>>>>();
  const usesOf = (source: Source, { kind, page }: Secret): Record<LiveKey, number> => {
    const ofSource = uses.get(source.id) ?? {};
    uses.set(source.id, ofSource);
    return (ofSource[page === '' ? kind : `${kind} ${page}`] ??= { current: 0, previous: 0 });
  };
  const expose = (source: Source, secret: SourceSecret, key: LiveKey): void => {
    const { kind, page } = secret;
    const labels = { source: source.id, secret: kind, page, key };
    telemetry.count('sluice_ingress_keys_used_total', labels, usesOf(source, secret)[key]);
  };
  telemetry.gauges('sluice_ingress_previous_keys', () => {
    const secrets = all().flatMap((source) => secretsOf(source).map((secret) => ({ source, secret })));
    for (const { source, secret } of secrets)
      for (const key of ['current', 'previous'] as const) expose(source, secret, key);
    uses.clear();
    return secrets.map(({ source, secret: { kind, page, keys } }) => [
      { source: source.id, secret: kind, page },
      Number(keys.previous !== null),
    ]);
  });
  return (source, secret, key) => void (usesOf(source, secret)[key] += 1);
}
