import type { SentRecord, SentValue, VendorTesting } from '../testing/vendor-testing.ts';

export const testing: VendorTesting = {
  coverageNote:
    "Zendesk's `type` is `meta.data_type`, without `zen:event-type:`, and stays in `attributes` with `subject` and `zendesk_event_version`. A documented event type without a table becomes an event of `other.v1`, whole.",
  writeRecord,
};

/** Each field in objects of its own: names that are there twice are read, and kept. */
function writeRecord(fields: readonly (readonly [string, string])[]): SentRecord {
  const sent: SentValue[] = [];
  const members = fields.map(([path, value], at) => {
    const names = path.split('.').map((name) => JSON.stringify(name));
    const isNumber = at % 3 === 0 && /^(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value);
    sent.push({ path, value });
    const written = names.reduceRight(
      (inner, name, depth) => (depth === 0 ? `${name}:${inner}` : `{${name}:${inner}}`),
      isNumber ? value : JSON.stringify(value),
    );
    return written;
  });
  return { payload: `{${members.join(',')}}`, sent };
}
