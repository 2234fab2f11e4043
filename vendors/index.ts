import { echat } from './echat/vendor.ts';
import { sobot } from './sobot/vendor.ts';
import { zendesk } from './zendesk/vendor.ts';

/** The one list of vendors: everything that is for each of them is made of it. A key is the vendor's id. */
export const vendors = { echat, sobot, zendesk } as const;

export type VendorId = keyof typeof vendors;
