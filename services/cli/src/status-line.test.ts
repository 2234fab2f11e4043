import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { awaiting, startStatusLine } from './status-line.ts';

jest.setTimeout(30_000);

const terminal = (isTTY: boolean) => {
  const written: string[] = [];
  const stream = { isTTY, columns: 40, write: (text: string) => written.push(text) > 0 };
  return { written, stream: stream as unknown as NodeJS.WriteStream };
};

test('in a terminal, what is waited for is told soon, cut to its width, and taken away', async () => {
  const { written, stream } = terminal(true);
  const status = startStatusLine(stream);
  await awaiting('Asking ClickHouse at http://clickhouse.example.com:8123', () =>
    waitUntil('the line is shown', () => written.length > 0),
  );
  expect(written[0]).toContain('Asking ClickHouse at http://clickhous');
  expect(written[0]).not.toContain(':8123');
  status.clear();
  expect(written.at(-1)).toBe('\r\u001b[K');
  status.stop();
});

test('elsewhere nothing is told', () => {
  const { written, stream } = terminal(false);
  const status = startStatusLine(stream);
  status.clear();
  status.stop();
  expect(written).toEqual([]);
});
