import { passwordFault } from './password-policy.js';

const rules = { username: 'ada.lovelace', lengthMin: 15 };
const fault = (password: string) => passwordFault(password, rules);

describe('a new password', () => {
  it.each([
    'correct horse battery staple',
    'nur kleine buchstaben',
    '🐎🐎🐎🔋🔋🔋📎📎📎🐎🐎🐎🔋🔋🔋',
    'x'.repeat(200) + 'y',
  ])('may be long, of one kind of character, or Unicode: %s', (password) => {
    expect(fault(password)).toBeUndefined();
  });

  it('has so many characters, counted as people count them', () => {
    expect(fault('fourteen chars')).toContain('has 14 characters, at least 15');
    expect(fault('e\u0301'.repeat(7))).toContain('has 7 characters');
    expect(fault('🐎'.repeat(8))).toContain('has 8 characters');
  });

  it('does not repeat a single character', () => {
    expect(fault('a'.repeat(20))).toContain('a single character');
  });

  it('does not contain the user name, unless that is too short to matter', () => {
    expect(fault('I am ADA.Lovelace myself')).toContain('contains the user name');
    expect(passwordFault('correct horse battery', { ...rules, username: 'or' })).toBeUndefined();
  });
});
