import { kindStatus, Problem, problems, type ProblemCode } from '@courtside/contracts';
import { Controller } from '@nestjs/common';
import { jsonAnswer, pageAnswer, type Answer } from '../http/answer.js';
import type { Exchange } from '../http/exchange.js';
import { Route } from '../routes/route.decorator.js';
import { escaped, page } from './html.js';

/** What each problem means and what to do: where the `type` of every error answer leads. */
@Controller()
export class ProblemsController {
  @Route({ method: 'GET', path: '/problems', auth: 'none', summary: 'All problems' })
  list(): Answer {
    return jsonAnswer(200, { items: codes.map(describe), next: null });
  }

  @Route({
    method: 'GET',
    path: '/problems/{code}',
    auth: 'none',
    summary: 'What a problem means and what to do',
  })
  read(exchange: Exchange): Answer {
    const code = codes.find((known) => known === exchange.matched.params['code']);
    if (!code) throw new Problem('request.route-unknown');
    const described = describe(code);
    const wantsPage = exchange.header('accept')?.includes('text/html') ?? false;
    return wantsPage ? pageAnswer(200, problemPage(described)) : jsonAnswer(200, described);
  }
}

const codes = Object.keys(problems) as ProblemCode[];

const describe = (code: ProblemCode) => {
  const { kind, title, remedy } = problems[code];
  return { code, status: kindStatus[kind], title, remedy };
};

const problemPage = ({ code, status, title, remedy }: ReturnType<typeof describe>): string =>
  page(
    code,
    `<h1>${escaped(title)}</h1>
<table>
<tr><th>Code</th><td><code>${escaped(code)}</code></td></tr>
<tr><th>Status</th><td>${status}</td></tr>
<tr><th>What to do</th><td>${escaped(remedy)}</td></tr>
</table>`,
  );
