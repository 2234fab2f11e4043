import type { SobotSource } from '@sluice/sources/source';
import type { Vendor } from '../vendor.ts';
import { openSobot } from './open.ts';
import { verifySobot } from './verify.ts';

/**
 * Sobot 智齿: batches of JSON records over POST, optionally signed in headers. An empty 200 is success; a
 * text would be read as an error message.
 */
export const sobot: Vendor<SobotSource> = {
  verify: verifySobot,
  signatureOf: (head) => head.header('x-log-sign') ?? '',
  dataTypeOf: () => '',
  open: openSobot,
  acknowledgement: '',
};
