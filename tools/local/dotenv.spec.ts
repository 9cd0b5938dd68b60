import { parseDotenv, withDotenv } from './dotenv.mjs';

describe('a .env file', () => {
  it('holds a value per line, with comments, exports and quotes', () => {
    const text = '# first\nA=1\n\nexport B = "two words"\r\nC=\'#3\'\nD=\nE=a=b # kept';
    expect(parseDotenv(text)).toEqual({ A: '1', B: 'two words', C: '#3', D: '', E: 'a=b # kept' });
  });

  it('is refused with the line that is none', () => {
    expect(() => parseDotenv('A=1\nB: 2')).toThrow('.env:2 is not KEY=VALUE: B: 2');
  });

  it('changes nothing where there is none', () => {
    expect(withDotenv('/nowhere/.env', { A: '1' })).toEqual({ A: '1' });
  });
});
