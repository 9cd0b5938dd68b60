import { runApp } from '@courtside/service';
import { app } from './app.js';

await runApp(app);
