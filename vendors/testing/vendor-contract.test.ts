import { vendors, type VendorId } from '../index.ts';
import { mappingContract } from './mapping-contract.ts';
import { receivingContract } from './receiving-contract.ts';
import { simulatorContract } from './simulator-contract.ts';

/** What every vendor on the list owes to the rest of the system: the names of the tests say it. */
describe.each(Object.keys(vendors) as VendorId[])('%s', (id) => {
  describe('receiving half', () => {
    receivingContract(id);
  });
  describe('mapping half', () => {
    mappingContract(id);
  });
  describe('simulated side', () => {
    simulatorContract(id);
  });
});
