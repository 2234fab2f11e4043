// Loaded before a service by the case `clock-jumps`: its wall clock is off by as many ms as a file says.
import { readFileSync } from 'node:fs';

const file = process.env.FAULTS_CLOCK_FILE ?? '';
const realNow = Date.now.bind(Date);
let shiftMs = 0;

setInterval(() => {
  shiftMs = Number(readFileSync(file, 'utf8'));
}, 100).unref();

Date.now = () => realNow() + shiftMs;
globalThis.Date = new Proxy(Date, {
  construct: (target, args, self) =>
    Reflect.construct(target, args.length === 0 ? [Date.now()] : args, self) as Date,
});
