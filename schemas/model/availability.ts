import { coded, enumeration, symbol, text } from './avro.ts';
import { presence, routeScope } from './enums.ts';
import { eventRecord } from './meta.ts';
import { staffFields } from './parts.ts';

const subject = enumeration('AvailabilitySubject', 'COMPANY', 'DEPARTMENT', 'STAFF', 'ROUTE');

export const availability = eventRecord(
  'Availability',
  'Whether the company, a department, a route or an agent can take conversations.',
  [
    symbol('subject', subject, 'Whose state it is.'),
    ...coded(
      'status',
      presence,
      'The state from now on.',
      'Echat companyStatus, skillStatus, staffStatus or routeStatus',
    ),
    text('department_id', 'Echat skillId.'),
    text('department_name', 'Echat skillName; the page also writes skillNanme.'),
    ...staffFields('Echat staffId.', 'Echat staffLogname.', 'Echat staffName.'),
    text('route_id', 'Echat routeId.'),
    text('route_name', 'Echat routeName.'),
    symbol(
      'route_scope',
      routeScope,
      'What kind of route the id means: Echat routeId -1, -2, -3 are defaults.',
    ),
  ],
);
