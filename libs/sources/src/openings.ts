import type { Source } from './source.ts';

/** A message for each setting of a source that lets somebody without the vendor's keys write. */
export function openingsOf(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => [
    ...(source.aesKey !== null && source.plaintext === 'accept'
      ? [
          `Source ${source.id} accepts plaintext: anybody who has one signed URL or header of it can write events without the aesKey. Set plaintext: keep-apart when the vendor's switch to encryption is over.`,
        ]
      : []),
    ...(source.token !== null && source.staleTimestamps === 'accept'
      ? [
          `Source ${source.id} accepts stale timestamps: one signed URL or header of it works forever, with any body. Default: staleTimestamps: keep-apart.`,
        ]
      : []),
    ...(source.token !== null && source.reusedSignatures === 'accept'
      ? [
          `Source ${source.id} accepts reused signatures: one signed URL or header of it works with any body for as long as its timestamp is accepted. Default: reusedSignatures: keep-apart.`,
        ]
      : []),
  ]);
}
