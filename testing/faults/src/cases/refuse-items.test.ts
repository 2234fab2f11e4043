import { editItems, refusedAs, refuseItems } from './refuse-items.ts';

const bulk = (ids: readonly string[]): Buffer =>
  Buffer.from(ids.map((id) => `${JSON.stringify({ index: { _index: 'i', _id: id } })}\n{"x":1}\n`).join(''));

const edit = (ids: readonly string[]) => {
  const fault = refuseItems(bulk(ids));
  if (fault.do !== 'edit') throw new Error('It must edit.');
  return fault;
};

test('every third item is kept from the server and answered 429, in its place', () => {
  const { request, answer } = edit(['a', 'b', 'c', 'd', 'e']);
  expect(request).toEqual(bulk(['b', 'c', 'e']));
  const given = { items: ['b', 'c', 'e'].map((_id) => ({ index: { _id, status: 201 } })) };
  const { errors, items } = JSON.parse(answer(JSON.stringify(given))) as {
    errors: boolean;
    items: { index: { _id: string; status: number } }[];
  };
  expect(errors).toBe(true);
  expect(items.map(({ index }) => `${index._id} ${index.status}`)).toEqual([
    'a 429',
    'b 201',
    'c 201',
    'd 429',
    'e 201',
  ]);
});

test('where no item is left, the server is not asked', () => {
  const fault = refuseItems(bulk(['a']));
  if (fault.do !== 'answer') throw new Error('It must answer.');
  expect(JSON.parse(fault.body)).toMatchObject({
    errors: true,
    items: [{ index: { _id: 'a', status: 429 } }],
  });
});

test('an item is refused as it is judged, by its id', () => {
  const fault = editItems(bulk(['a', 'b']), (id) => (id === 'b' ? refusedAs(400, 'x') : undefined));
  if (fault.do !== 'edit') throw new Error('It must edit.');
  const items = (JSON.parse(fault.answer('{"items":[{"index":{"_id":"a"}}]}')) as { items: unknown }).items;
  expect(items).toMatchObject([{ index: { _id: 'a' } }, { index: { _id: 'b', status: 400 } }]);
});
