import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import { lastGood } from './last-good.ts';

/** PEM files. Without a CA file the system's authorities count; without the other two a client names itself in no other way. */
export interface TlsFiles {
  /** Of the authorities that sign the brokers' certificates. */
  readonly caFile?: string;
  /** The client's certificate, and what signed it. */
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** What a TLS connection is made with. Without a context of its own it is the system's. */
export interface KafkaTls {
  readonly secureContext?: SecureContext;
}

/**
 * What a TLS connection is made with. The files are read again for each connection, so that certificates can be renewed
 * while it runs. Files that cannot be used, since they are just being replaced, leave those from before.
 * @param onLog called when the files cannot be used
 * @throws an error when they cannot be used at first
 */
export function renewingTls(
  files: TlsFiles,
  onLog: (level: 'warn', message: string) => void = () => undefined,
): KafkaTls {
  const context = lastGood(
    () => contextOf(files),
    (error) =>
      onLog(
        'warn',
        `The certificates for Kafka cannot be read again, and the former ones stay: ${error instanceof Error ? error.message : String(error)}`,
      ),
  );
  return {
    get secureContext() {
      return context();
    },
  };
}

function contextOf({ caFile, certFile, keyFile }: TlsFiles): SecureContext {
  const ca = caFile === undefined ? null : readFileSync(caFile);
  // A context takes anything for authorities, and would then trust nobody.
  if (ca) checkCertificate(ca);
  return createSecureContext({
    ...(ca && { ca }),
    ...(certFile !== undefined && { cert: readFileSync(certFile) }),
    ...(keyFile !== undefined && { key: readFileSync(keyFile) }),
  });
}

/** @throws an error when it is not one */
const checkCertificate = (pem: Buffer): unknown => new X509Certificate(pem);
