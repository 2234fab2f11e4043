import type { SentRecord, SentValue, VendorTesting } from '../testing/vendor-testing.ts';

export const testing: VendorTesting = {
  coverageNote:
    "`ticket` and `calllog` are only named by Sobot's page; their known fields are in the tables of `ticket.v1` and `call.v1`. The envelope of Sobot (`sys_code`) stays in `attributes`; its `type` is `meta.data_type`.",
  writeRecord,
};

function writeRecord(fields: readonly (readonly [string, string])[]): SentRecord {
  const sent: SentValue[] = [];
  const members = fields.map(([sentName, value], at) => {
    // Some values as numbers, as objects and as lists: vendors send what their tables do not say.
    const name = JSON.stringify(sentName);
    // A name with a dot is one step.
    const path = sentName.includes('.') ? `[${name}]` : sentName;
    if (at % 7 === 5) {
      sent.push({ path: `${path}.inner`, value });
      return `${name}: {"inner": ${JSON.stringify(value)}}`;
    }
    if (at % 11 === 3) {
      sent.push({ path: `${path}[0]`, value });
      return `${name}: [${JSON.stringify(value)}]`;
    }
    if (/^(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value)) {
      sent.push({ path, value });
      return `${name}: ${value}`;
    }
    sent.push({ path, value });
    return `${name}: ${JSON.stringify(value)}`;
  });
  return { payload: `{"sys_code":"21","type":"x","content":[{${members.join(', ')}}]}`, sent };
}
