import type { Receiving } from '@sluice/vendor-kit/receiving/receiving';
import { decodeSobot } from './receiving/decode.ts';
import { verifySobot } from './receiving/verify.ts';
import type { SobotSource } from './settings.ts';

export const receiving: Receiving<SobotSource['settings']> = {
  verify: verifySobot,
  signatureOf: (head) => head.header('x-log-sign') ?? '',
  dataTypeOf: () => '',
  decode: decodeSobot,
  // An empty 200 is success; a text would be read as an error message.
  acknowledgement: '',
  contentType: 'application/json',
  conversationKey: { opening: '"cid"', form: /^\s*:\s*"([A-Za-z0-9_-]{1,64})"/ },
  staffPages: null,
};
