import fc from 'fast-check';
import type { CanonicalEvent } from '@sluice/vendor-kit/mapping/normalize';
import type { VendorId } from '../index.ts';
import { useNormalize } from './golden-source.ts';

const normalize = useNormalize();

function eventsOf(vendor: VendorId, dataType: string, document: string): readonly CanonicalEvent[] {
  const { events, rejected } = normalize(vendor, dataType, document);
  expect(rejected).toEqual([]);
  return events;
}

/** As ingress keeps it: of a page without a ticket there is no `staff`. */
const batchOf = (actions: unknown[], batch: object = {}, outer: object = { page: 'panel' }): string =>
  JSON.stringify({ ...outer, batch: { ...batch, actions } });
const staffActions = (...batch: Parameters<typeof batchOf>): Record<string, unknown>[] =>
  eventsOf('echat', 'staffAction', batchOf(...batch)).map(({ value }) => value as Record<string, unknown>);

describe('what the gateway vouches for', () => {
  test.each([
    { 'gateway.staff': '4442' },
    { gateway: { staff: '4442' } },
    { gateway: [{ staff: '4442' }] },
    { gateway: '4442', 'gateway.': { staff: '4442' } },
    { '["gateway"]': { staff: '4442' } },
    { '': { gateway: { staff: '4442' } } },
    { 'gateway.page': 'other', batch: { sdk: 'other' }, 'batch.sdk': 'other' },
  ])('is not said by an action: %j', (members) => {
    const [event] = staffActions([{ id: '1', staffId: 'me', ...members }], { sdk: '1.0' });
    expect(event).toMatchObject({
      staff_verified: false,
      staff_id: 'me',
      page_id: 'panel',
      sdk_version: '1.0',
    });
    // What was sent is kept, under a name that is not the gateway's.
    const texts = Object.values(members).flatMap((value) => JSON.stringify(value).match(/4442|other/g) ?? []);
    const attributes = event!.attributes as { name: string; value: string }[];
    expect(attributes.map(({ value }) => value)).toEqual(texts);
    expect(attributes.filter(({ name }) => /^(?:gateway|batch)\b/.test(name))).toEqual([]);
  });

  test('is not said by a batch, nor by its last word', () => {
    const [event] = staffActions([{ id: '1' }], {
      staff: '4442',
      gateway: { staff: '4442' },
      'gateway.staff': '4442',
    });
    expect(event).toMatchObject({ staff_verified: false, staff_id: null });
  });

  test('is said of every action', () => {
    const events = staffActions(
      [{ id: '1', 'gateway.staff': '9' }, { id: '2' }, { id: '3' }],
      { sdk: '1' },
      { page: 'p', staff: '7' },
    );
    expect(
      events.map((event) => [event.staff_verified, event.staff_id, event.page_id, event.sdk_version]),
    ).toEqual(Array(3).fill([true, '7', 'p', '1']));
  });

  test.each([
    ['under the ticket that it came with', { madeBy: '7' }, true, '7'],
    ['under it, and the page knows who that is', { madeBy: '7', staffId: '7' }, true, '7'],
    ['by a page that says nothing', {}, true, '7'],
    ["under another's ticket", { madeBy: '8' }, false, '8'],
    ["under another's ticket, whose id the page knows", { madeBy: '8', staffId: '8' }, false, '8'],
    ['without a ticket', { madeBy: '' }, false, null],
    ['without a ticket, by whom the page says', { madeBy: '', staffId: '8' }, false, '8'],
    ['by whom the page says alone', { staffId: '8' }, false, '8'],
    ['by nobody that the page knows', { staffId: '' }, true, '7'],
  ])('is said of an action that was made %s', (_how, action, isVerified, staffId) => {
    const batch = [{ id: '1', ...action }];
    expect(staffActions(batch, {}, { page: 'p', staff: '7' })).toMatchObject([
      { staff_verified: isVerified, staff_id: staffId },
    ]);
  });

  test('no member of an action or a batch, by any name, verifies staff', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'gateway',
        'staff',
        'gateway.staff',
        'batch',
        'batch.sdk',
        '["gateway"]',
        '.',
        '',
        '[0]',
        'gateway[0]',
      ),
      fc.string({ maxLength: 3 }),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constant('4442'),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(name, tie('value'), { maxKeys: 3 }),
      ),
    }));
    const members = fc.dictionary(name, value, { maxKeys: 4 });
    fc.assert(
      fc.property(members, members, (action, batch) => {
        const [event] = staffActions([action], batch);
        expect(event).toMatchObject({ staff_verified: false, page_id: 'panel' });
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('names that look like nested values', () => {
  test('of JSON are no nested values', () => {
    const record = {
      'params.KUID': '1',
      'customer_fields[0].fieldid': '2',
      'envelope.sys_code': '3',
      cid: 'c',
    };
    const [event] = eventsOf('sobot', 'user', JSON.stringify({ sys_code: '21', content: [record] }));
    expect(event?.value).toMatchObject({
      custom_fields: [],
      attributes: [
        { name: '["params.KUID"]', value: '1' },
        { name: '["customer_fields[0].fieldid"]', value: '2' },
        { name: '["envelope.sys_code"]', value: '3' },
        { name: 'envelope.sys_code', value: '21' },
      ],
    });
  });

  test('a custom field keeps the name that it was sent by', () => {
    const params = { 'a.b': '1', c: { d: '2' }, 'e"[0]': '3' };
    const [event] = eventsOf('sobot', 'user', JSON.stringify({ content: [{ params }] }));
    const names = (event?.value as { custom_fields: { name: string }[] }).custom_fields.map(
      ({ name }) => name,
    );
    expect(names).toEqual(['a.b', 'c.d', 'e"[0]']);
  });

  test('an item of a list is not taken for one of another name', () => {
    const [event] = eventsOf(
      'sobot',
      'summary',
      '{"content":[{"fieldid":["1"],"fieldid[1]":"2","field_name":["n"],"field_value":["v"]}]}',
    );
    expect(event?.value).toMatchObject({
      custom_fields: [{ id: '1', name: 'n', value: 'v' }],
      attributes: [{ name: '["fieldid[1]"]', value: '2' }],
    });
  });

  test('of XML are no nested elements', () => {
    const [event] = eventsOf(
      'echat',
      'chatEnd',
      '<xml><chatData.chatRecordId>9</chatData.chatRecordId><chatData><chatRecordId>1</chatRecordId></chatData></xml>',
    );
    expect(event?.value).toMatchObject({
      conversation_id: '1',
      attributes: [{ name: '["chatData.chatRecordId"]', value: '9' }],
    });
  });
});

test('values above the records are attributes of the first event alone', () => {
  const events = eventsOf(
    'sobot',
    'msg',
    '{"sys_code":"21","extra":{"a":1},"content":[{"cid":"1"},{"cid":"2"}]}',
  );
  expect(events.map(({ value }) => value.attributes)).toEqual([
    [
      { name: 'envelope.sys_code', value: '21' },
      { name: 'envelope.extra.a', value: '1' },
    ],
    [],
  ]);
});

test('a long value above the records is an attribute of the first, and no field of the others', () => {
  const [first, second] = staffActions([{ id: '1' }, { id: '2' }], { sdk: 'x'.repeat(1_000) });
  expect(first).toMatchObject({
    sdk_version: null,
    attributes: [{ name: 'batch.sdk', value: 'x'.repeat(1_000) }],
  });
  expect(second).toMatchObject({ sdk_version: null, attributes: [] });
});
