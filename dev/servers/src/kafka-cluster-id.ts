import { randomBytes } from 'node:crypto';

/**
 * A new id for a Kafka cluster: 16 random bytes as base64url, 22 characters.
 *
 * It never begins with `-`: `kafka-storage format -t` would take such an id for an option, and refuse. Kafka's
 * own `random-uuid` avoids it too.
 *
 * @param bytes 16 bytes
 */
export function kafkaClusterId(bytes: Buffer = randomBytes(16)): string {
  const rest = bytes.subarray(1);
  // Six bits make a character, and `-` is the 62nd of 64.
  return Buffer.from([bytes.readUInt8(0) & 0x7f, ...rest]).toString('base64url');
}
