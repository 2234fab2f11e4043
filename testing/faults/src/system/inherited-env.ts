/** The settings of this process that are passed on: none of Sluice's but the choice of the client library. */
export function inheritedEnv(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([variable]) => !variable.startsWith('SLUICE_') || variable === 'SLUICE_KAFKA_CLIENT',
  );
  return Object.fromEntries(kept);
}
