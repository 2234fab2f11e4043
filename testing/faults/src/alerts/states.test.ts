import { ways } from '@sluice/monitoring/ways';
import { alertStates } from './states.ts';

const states = alertStates();
const expected = states.flatMap(({ expected: ofState }) => Object.entries(ofState));

test.each(expected)(
  '%s is a way of docs/operations/alerts.md, and its alert is among those of the page',
  (way, { alert }) => {
    expect(ways.find(({ id }) => id === way)?.alerts).toContain(alert);
  },
);

test('each state has a name of its own, no way is brought about twice, and one state is ordinary', () => {
  expect(new Set(states.map(({ name }) => name)).size).toBe(states.length);
  expect(new Set(expected.map(([way]) => way)).size).toBe(expected.length);
  expect(states.filter((state) => Object.keys(state.expected).length === 0)).toHaveLength(1);
});

test('every way is brought about', () => {
  const brought = new Set(expected.map(([way]) => way));
  expect(ways.map(({ id }) => id).filter((id) => !brought.has(id))).toEqual([]);
});
