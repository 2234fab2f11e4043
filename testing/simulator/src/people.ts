import { givenNames, nicknames, places, surnames } from './phrases.ts';
import type { Random } from './random.ts';

export interface StaffMember {
  readonly number: string;
  /** As some vendors name staff and skill groups: 32 hex digits. */
  readonly hexId: string;
  readonly login: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly department: { readonly number: string; readonly hexId: string; readonly name: string };
}

export interface Customer {
  readonly name: string;
  readonly nickname: string;
  /** 0 unknown, 1 male, 2 female. */
  readonly gender: 0 | 1 | 2;
  readonly age: number;
  readonly birthday: string;
  readonly phone: string;
  readonly qq: string;
  readonly email: string;
  readonly province: string;
  readonly city: string;
  readonly ip: string;
}

function department(number: number, name: string): StaffMember['department'] {
  return { number: String(number), hexId: `35980200f279438b952f8dc3d5731f${number}`, name };
}

const orders = department(11, '订单组');
const sales = department(12, '售前');
const support = department(13, '售后');

/** The staff of every simulated company: the same people in every run. */
export const staff: readonly StaffMember[] = [
  staffMember(14, '郑丽文', '超级管理员', orders),
  staffMember(15, '胡仲舜', '客服', sales),
  staffMember(16, '刘虹山', '客服', support),
  staffMember(17, '杨通', '客服主管', sales),
  staffMember(18, 'Ella', '客服', orders),
  staffMember(19, '胡丽静', '客服', support),
];

function staffMember(
  number: number,
  name: string,
  role: string,
  department: StaffMember['department'],
): StaffMember {
  const email = `staff${number}@example.com`;
  return {
    number: String(number),
    hexId: `3695089d031c409380073081aaa73c${number}`,
    login: number % 2 === 0 ? `180989338${number}` : email,
    email,
    name,
    role,
    department,
  };
}

export function inventCustomer(random: Random): Customer {
  const [province, city] = random.pick(places);
  const age = random.integer(18, 65);
  const phone = `1${random.pick(['35', '38', '59', '86', '89'])}${random.digits(8)}`;
  const qq = random.digits(9);
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return {
    name: random.pick(surnames) + random.pick(givenNames),
    nickname: random.pick(nicknames),
    gender: random.pick([0, 1, 2]),
    age,
    birthday: `${2026 - age}-${twoDigits(random.integer(1, 12))}-${twoDigits(random.integer(1, 28))}`,
    phone,
    qq,
    email: random.chance(0.5) ? `${qq}@qq.com` : `${phone}@foxmail.com`,
    province,
    city,
    ip: `${random.integer(36, 223)}.${random.integer(0, 255)}.${random.integer(0, 255)}.${random.integer(1, 254)}`,
  };
}

/** Someone of the staff who is not `present`. */
export function anotherStaffMember(present: StaffMember, random: Random): StaffMember {
  return random.pick(staff.filter((member) => member !== present));
}
