import type { EchatSource } from '@sluice/sources/source';
import type { Vendor } from '../vendor.ts';
import { echatDataTypeOf, openEchat } from './open.ts';
import { verifyEchat } from './verify.ts';

/** Echat 一洽: XML over POST, signed in the query string. Anything but `success` makes it send again. */
export const echat: Vendor<EchatSource> = {
  verify: verifyEchat,
  signatureOf: ({ query }) => query.signature ?? '',
  dataTypeOf: echatDataTypeOf,
  open: openEchat,
  acknowledgement: 'success',
};
