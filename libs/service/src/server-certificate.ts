import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { lastGood } from '@sluice/kafka/last-good';

/** PEM files of a server: its certificate with what signed it, and its key. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * Reads a server's certificate now, and again at each call, so that it can be renewed while the server runs. Files that
 * cannot be used, since they are just being replaced, leave those from before.
 * @param onLog called when the files cannot be used
 * @throws an error when they cannot be used at first
 */
export function renewedCertificate(
  { certFile, keyFile }: CertificateFiles,
  onLog: (level: 'warn', message: string) => void,
): () => Certificate {
  const read = (): Certificate => {
    const certificate = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    // It throws for a key of another certificate.
    createSecureContext(certificate);
    return certificate;
  };
  return lastGood(read, (error) =>
    onLog(
      'warn',
      `The certificate cannot be read again, and the former one stays: ${Error.isError(error) ? error.message : String(error)}`,
    ),
  );
}
