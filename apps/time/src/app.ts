import { defineApp, serviceConfig } from '@courtside/service';
import { AppModule } from './app.module.js';

/** The sample service: tells the time to whoever may know it. */
export const app = defineApp({ name: 'time', config: serviceConfig, module: () => AppModule });
