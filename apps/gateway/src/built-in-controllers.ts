import type { Type } from '@nestjs/common';
import { JwksController } from './auth/jwks.controller.js';
import { DocsController } from './docs/docs.controller.js';
import { EventsController } from './docs/events/events.controller.js';
import { SchemaController } from './docs/schema.controller.js';
import { ProbesController } from './operations/probes.controller.js';
import { HomeController } from './pages/home.controller.js';
import { ProblemsController } from './pages/problems.controller.js';

/** The gateway's own pages: a check without a running app needs to know their routes too. */
export const builtInControllers: Type[] = [
  DocsController,
  EventsController,
  HomeController,
  JwksController,
  ProblemsController,
  ProbesController,
  SchemaController,
];
