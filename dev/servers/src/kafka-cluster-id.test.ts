import { kafkaClusterId } from './kafka-cluster-id.ts';

describe('the id of a Kafka cluster', () => {
  const ids = Array.from({ length: 256 }, (_, first) => kafkaClusterId(Buffer.alloc(16, first)));

  it('is 16 bytes as base64url', () => {
    expect(ids.filter((id) => !/^[\w-]{22}$/.test(id))).toEqual([]);
    expect(kafkaClusterId()).not.toBe(kafkaClusterId());
  });

  it('never looks like an option of a command', () => {
    expect(ids.filter((id) => id.startsWith('-'))).toEqual([]);
  });
});
