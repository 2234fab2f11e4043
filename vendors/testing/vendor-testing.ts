import type { VendorId } from '../index.ts';

/** A value that the vendor sent. */
export interface SentValue {
  readonly path: string;
  readonly value: string;
}

/** A record as somebody might send it, and the values that are in it. */
export interface SentRecord {
  readonly payload: string;
  readonly sent: readonly SentValue[];
}

/** What the tests that run over every vendor need of one: `vendors/<id>/testing.ts` exports it as `testing`. */
export interface VendorTesting {
  /** What the page of field coverage has to say beside its tables. */
  readonly coverageNote: string;
  /** A payload of one record, with these fields by their documented paths, as the vendor would write it. */
  writeRecord(fields: readonly (readonly [path: string, value: string])[]): SentRecord;
}

export async function testingOf(id: VendorId): Promise<VendorTesting> {
  const { testing } = (await import(`../${id}/testing.ts`)) as { testing: VendorTesting };
  return testing;
}
