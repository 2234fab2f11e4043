import { catalogue } from './catalogue.ts';
import { createTelemetry } from './telemetry.ts';

test('what was counted, set and observed is exposed', async () => {
  const telemetry = createTelemetry('test');
  telemetry.count('sluice_ingress_requests_total', { source: 'a', outcome: 'published' }, 3);
  telemetry.set('sluice_consumer_lag_records', { topic: 't', partition: '0' }, 7);
  telemetry.observe('sluice_event_age_seconds', { stage: 'normalizer' }, 0.2);
  telemetry.gauge('sluice_publisher_waiting_bytes', () => 42);
  const text = await telemetry.text();
  expect(text).toContain('sluice_ingress_requests_total{source="a",outcome="published",component="test"} 3');
  expect(text).toContain('sluice_consumer_lag_records{topic="t",partition="0",component="test"} 7');
  expect(text).toContain('sluice_event_age_seconds_bucket{le="0.25",component="test",stage="normalizer"} 1');
  expect(text).toContain('sluice_publisher_waiting_bytes{component="test"} 42');
});

test('a tally is counted once, however often it is scraped, next to what was counted otherwise', async () => {
  const telemetry = createTelemetry('test');
  const labels = { source: 'a', outcome: 'published' } as const;
  const exposed = async (): Promise<string | undefined> =>
    /^sluice_ingress_requests_total\{.*\} (.*)$/m.exec(await telemetry.text())?.[1];
  const [one, other] = [
    telemetry.tally('sluice_ingress_requests_total', labels),
    telemetry.tally('sluice_ingress_requests_total', labels),
  ];
  expect(await exposed()).toBeUndefined();
  one.by += 2;
  other.by += 1;
  telemetry.count('sluice_ingress_requests_total', labels);
  expect([await exposed(), await exposed()]).toEqual(['4', '4']);
  one.by += 1;
  expect(await exposed()).toBe('5');
});

test('all metrics of a worker name its stream, but where a source names its own', async () => {
  const telemetry = createTelemetry('test', 'shop');
  telemetry.gauge('sluice_publisher_waiting_bytes', () => 42);
  telemetry.set('sluice_source_info', { source: 'a', vendor: 'acme', stream: 'other' }, 1);
  const text = await telemetry.text();
  expect(text).toContain('sluice_publisher_waiting_bytes{component="test",stream="shop"} 42');
  expect(text).toMatch(/^process_cpu_seconds_total\{component="test",stream="shop"\} /m);
  expect(text).toContain('sluice_source_info{source="a",vendor="acme",stream="other",component="test"} 1');
});

test.each(Object.entries(catalogue))('%s is named as Prometheus wants it', (name, metric) => {
  expect(name).toMatch(/^sluice_[a-z_]+$/);
  expect(name.endsWith('_total')).toBe(metric.type === 'counter');
  expect(metric.help).toMatch(/^[A-Z].*\.$/);
});
