import type { CanonicalEvent } from '@sluice/vendor-kit/mapping/normalize';
import { destinationsOf, destinationsOfPath } from '../field-coverage/destinations.ts';
import type { VendorMapping } from '@sluice/vendor-kit/mapping/mapping';
import type { SentValue } from './vendor-testing.ts';

/**
 * The values that cannot be found again in the events of their record: neither in a canonical field that their
 * path is documented to become, nor among the attributes under their own path.
 */
export function lostValues(
  vendor: VendorMapping,
  dataType: string,
  sent: readonly SentValue[],
  events: readonly CanonicalEvent[],
): SentValue[] {
  const attributes = events.flatMap(({ value }) => value.attributes ?? []);
  const origins = destinationsOf(vendor, dataType);
  return sent.filter(({ path, value }) => {
    if (attributes.some((attribute) => attribute.name === path && attribute.value === value)) return false;
    const listed = path.replaceAll(/\[\d+\]/g, '');
    return !destinationsFor(origins, listed).some(({ topic, field }) =>
      events.some(
        (event) =>
          (event.topic === topic || field.startsWith('meta.')) && holds(event.value, field.split('.'), value),
      ),
    );
  });
}

/** Of a path without the numbers of list items: `staffKpis.staffKpi[1].staffId` goes where `staffKpis.staffKpi.staffId` goes. */
function destinationsFor(
  origins: ReturnType<typeof destinationsOf>,
  listed: string,
): ReturnType<typeof destinationsOf> {
  const found = destinationsOfPath(origins, listed);
  if (found.length > 0) return found;
  // The members of an object are named by the sender: params.KUID, crmData.c7.
  const [container = ''] = listed.split('.');
  return destinationsOfPath(origins, container).filter(({ field }) => field.startsWith('custom_fields'));
}

/** Whether a field of an event, or of the records within it, holds what was sent. */
function holds(value: unknown, path: readonly string[], sent: string): boolean {
  if (Array.isArray(value)) return value.some((item) => holds(item, path, sent));
  const [name, ...rest] = path;
  if (name === undefined) return means(value, sent);
  if (typeof value !== 'object' || value === null) return false;
  return holds((value as Record<string, unknown>)[name], rest, sent);
}

/** Whether a canonical value says what the vendor's text says, worked out apart from the mapping. */
function means(value: unknown, sent: string): boolean {
  if (typeof value === 'string') return value === sent;
  if (typeof value === 'boolean') return ['1', 'true'].includes(sent.trim()) === value;
  if (typeof value !== 'number') return false;
  return Number(sent.trim()) === value || beijing(sent) === value || zoned(sent) === value;
}

/** Epoch ms of a clock time in China. */
function beijing(sent: string): number {
  return Date.parse(`${sent.trim().replace(' ', 'T')}+08:00`);
}

/** Epoch ms of a time that says its offset. */
function zoned(sent: string): number {
  return /(?:Z|[-+]\d\d:?\d\d)$/.test(sent.trim()) ? Date.parse(sent.trim()) : NaN;
}
