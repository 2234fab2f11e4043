/**
 * What a broker says of a token that it refuses: it answers with JSON, and with no error (RFC 7628, section 3.2.2).
 * @param answer SASL's bytes
 * @returns null where it lets the client in
 */
export function tokenRefusal(answer: Buffer): string | null {
  if (answer.length === 0) return null;
  return `Kafka refuses the access token (${answer.toString('utf8')}). Check its issuer, its audience and its times`;
}
