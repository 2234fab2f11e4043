import { unlistedAppIdOf, staffActionType } from '@sluice/raw-event/raw-headers';
import type { EchatSource } from '../settings.ts';
import type { PushWarning, Decoded, PushHead, Undecodable } from '@sluice/vendor-kit/receiving/receiving';
import { decryptEchat } from './decrypt.ts';
import { findEncrypted, mentionsEncrypt } from './find-encrypt.ts';
import { isDocument } from './is-document.ts';

const dataTypeForm = /^[A-Za-z0-9_]{1,64}$/;

/** The data type that the query names. Staff pages have a route of their own: no push may look like theirs. */
export function echatDataTypeOf({ query }: PushHead): string {
  const { dataType = '' } = query;
  return dataTypeForm.test(dataType) && dataType !== staffActionType ? dataType : '';
}

/** The payload of an Echat push: the XML document, byte for byte, decrypted where the source is encrypted. */
export function decodeEchat(body: Buffer, head: PushHead, source: EchatSource): Decoded {
  const dataType = echatDataTypeOf(head);
  const decoded = {
    payload: null,
    dataType,
    keyUsed: 'none',
    undecodable: [],
    warnings: dataType !== '' ? [] : (['odd-data-type'] as PushWarning[]),
  } satisfies Decoded;
  const undecodable = (reason: Undecodable['reason'], detail: string): Decoded => ({
    ...decoded,
    undecodable: [{ payload: body, reason, detail }],
  });

  if (body.length === 0) return undecodable('EMPTY', 'The body is empty.');
  if (source.aesKey === null) return { ...decoded, payload: body };

  const ciphertext = findEncrypted(body);
  if (ciphertext === null) {
    if (!isDocument(body) || mentionsEncrypt(body))
      return undecodable('NO_ENVELOPE', 'The body has no Encrypt element, but the source is encrypted.');
    if (source.plaintext === 'accept')
      return { ...decoded, payload: body, warnings: [...decoded.warnings, 'plain-content'] };
    return undecodable('PLAINTEXT', 'The document is not encrypted, but the source is.');
  }
  const decrypted = decryptEchat(ciphertext, source.aesKey, source.settings.appIds);
  if (decrypted === null)
    return undecodable('UNDECRYPTABLE', 'No live key of the source decrypts the message.');
  const { message, appId, keyUsed } = decrypted;
  const { appIds } = source.settings;
  if (message.length === 0) return undecodable('EMPTY', 'The decrypted message is empty.');

  const isUnlisted = appIds.length > 0 && !appIds.includes(appId);
  if (isUnlisted && source.unlistedIds === 'keep-apart')
    return undecodable(
      'UNLISTED_ID',
      `The message names the app id "${appId}", which the source does not list.`,
    );
  const ours = { ...decoded, payload: message, keyUsed };
  if (!isUnlisted) return ours;
  return { ...ours, warnings: [...decoded.warnings, 'unlisted-id'], unlistedAppId: unlistedAppIdOf(appId) };
}
