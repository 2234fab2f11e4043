// Loaded before the normalizer by the cases `poison-…`: making the id of an event whose data type is the marker, by a
// hash, does what FAULTS_POISON says.
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { poisonMarker } from './poison-marker.ts';

const crypto = createRequire(import.meta.url)('node:crypto') as typeof import('node:crypto');
const hash = crypto.hash;

crypto.hash = ((algorithm: string, data: string | Buffer, ...rest: []) => {
  if (data.includes(poisonMarker)) {
    if (process.env.FAULTS_POISON === 'throws') throw new TypeError('planted by the fault suite');
    // Blocks the event loop: no timer of this process fires.
    for (;;);
  }
  return hash(algorithm, data, ...rest);
}) as typeof hash;
syncBuiltinESMExports();
