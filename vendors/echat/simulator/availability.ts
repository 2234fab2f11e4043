import { messageNodes, type EchatDocument } from './visit.ts';
import type { Identifiers } from '@sluice/simulator/identifiers';
import { staff } from '@sluice/simulator/people';
import type { Random } from '@sluice/simulator/random';
import type { XmlNode } from './xml.ts';

/** One of companyStatus, skillStatus, staffStatus, routeStatus (Echat push, section 3.1). */
export function availabilityChange(random: Random, identifiers: Identifiers, at: number): EchatDocument {
  const member = random.pick(staff);
  const online = random.integer(1, 2);
  const changes: Readonly<Record<string, readonly XmlNode[]>> = {
    companyStatus: [['companyStatus', online]],
    skillStatus: [
      ['skillStatus', online],
      ['skillId', Number(member.department.number)],
      // The page's spelling; its sample closes the element by the other one.
      [random.chance(0.7) ? 'skillNanme' : 'skillName', member.department.name],
    ],
    staffStatus: [
      ['staffStatus', random.integer(1, 5)],
      ['staffId', Number(member.number)],
      ['staffLogname', member.login],
      ['staffName', member.name],
    ],
    routeStatus: [
      ['routeStatus', online],
      ['routeId', random.pick([3533, 72, -1, -2, -3])],
      ['routeName', '在线客服'],
    ],
  };
  const dataType = random.pick(Object.keys(changes));
  return { dataType, nodes: [...messageNodes(identifiers, at), ...(changes[dataType] ?? [])] };
}
