import { staffActionType } from '@sluice/raw-event/raw-headers';
import type { EchatSource } from '@sluice/sources/source';
import type { Oddity, Opened, PushHead, Unusable } from '../vendor.ts';
import { decryptEchat } from './decrypt.ts';
import { findEncrypted } from './find-encrypt.ts';

const dataTypeForm = /^[A-Za-z0-9_]{1,64}$/;

/** The payload of an Echat push: the XML document, byte for byte, decrypted where the source is encrypted. */
export function openEchat(body: Buffer, head: PushHead, source: EchatSource): Opened {
  const { dataType: sentType = '' } = head.query;
  // Staff pages have a route of their own: no push may look like theirs.
  const known = dataTypeForm.test(sentType) && sentType !== staffActionType;
  const opened = {
    outcome: 'opened',
    payload: null,
    dataType: known ? sentType : '',
    keyUsed: 'none',
    contentType: 'application/xml',
    unusable: [],
    oddities: known ? [] : (['odd-data-type'] as Oddity[]),
  } satisfies Opened;
  const unusable = (reason: Unusable['reason'], detail: string): Opened => ({
    ...opened,
    unusable: [{ payload: body, reason, detail }],
  });

  if (body.length === 0) return unusable('EMPTY', 'The body is empty.');
  if (source.aesKey === null) return { ...opened, payload: body };

  const ciphertext = findEncrypted(body);
  if (ciphertext === null)
    return unusable('NO_ENVELOPE', 'The body has no Encrypt element, but the source is encrypted.');
  const decrypted = decryptEchat(ciphertext, source.aesKey);
  if (decrypted === null) return unusable('UNDECRYPTABLE', 'No live key of the source opens the message.');
  if (decrypted.message.length === 0) return unusable('EMPTY', 'The decrypted message is empty.');

  const foreign = source.appIds.length > 0 && !source.appIds.includes(decrypted.appId);
  if (foreign && source.foreignAppIds === 'refuse') return { outcome: 'refused' };
  return {
    ...opened,
    payload: decrypted.message,
    keyUsed: decrypted.keyUsed,
    oddities: foreign ? [...opened.oddities, 'foreign-app-id'] : opened.oddities,
  };
}
