import { serverWorkers, unitWorkers } from './worker-count.ts';

const gibibyte = 1024 ** 3;

test.each([
  { cores: 2, memory: 23, workers: 3 },
  { cores: 4, memory: 16, workers: 6 },
  { cores: 16, memory: 64, workers: 24 },
  { cores: 16, memory: 8, workers: 2 },
  { cores: 8, memory: 4, workers: 1 },
])('$cores cores and $memory GiB: $workers workers', ({ cores, memory, workers }) => {
  expect(serverWorkers({ cores, memory: memory * gibibyte })).toBe(workers);
});

test('unit tests have a worker for each core', () => {
  expect(unitWorkers({ cores: 4, memory: gibibyte })).toBe(4);
});
