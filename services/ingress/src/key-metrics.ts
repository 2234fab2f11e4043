import { secretsOf, type LiveKey, type Source, type SourceSecret } from '@sluice/sources/source';
import type { Telemetry } from '@sluice/telemetry/telemetry';

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
): (source: Source, secret: Pick<SourceSecret, 'kind' | 'page'>, key: LiveKey) => void {
  const count = (source: string, secret: string, page: string, key: LiveKey, by: number): void =>
    telemetry.count('sluice_ingress_keys_used_total', { source, secret, page, key }, by);
  telemetry.gauges('sluice_ingress_previous_keys', () =>
    all().flatMap((source) =>
      secretsOf(source).map(({ kind, page, keys }) => {
        for (const key of ['current', 'previous'] as const) count(source.id, kind, page, key, 0);
        return [{ source: source.id, secret: kind, page }, Number(keys.previous !== null)] as const;
      }),
    ),
  );
  return (source, { kind, page }, key) => count(source.id, kind, page, key, 1);
}
