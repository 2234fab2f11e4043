/** Names of kafkajs's errors. */
const names = new Set(['KafkaJSConnectionError', 'KafkaJSRequestTimeoutError']);

/**
 * Whether an error of a client library itself, without its causes, says that no broker was reached. It goes by names and
 * codes, so that nobody loads a library for it.
 */
export function saysUnreachable(error: object): boolean {
  const { name, code, cause } = error as Partial<NodeJS.ErrnoException>;
  if (names.has(name ?? '')) return true;
  // A refused login is a broken connection to @platformatic/kafka.
  const isRefused = (cause as NodeJS.ErrnoException | undefined)?.code === 'PLT_KFK_AUTHENTICATION';
  return code === 'PLT_KFK_NETWORK' && !isRefused;
}
