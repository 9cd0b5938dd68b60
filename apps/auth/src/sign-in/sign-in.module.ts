import { Module } from '@nestjs/common';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SignInController } from './sign-in.controller.js';
import { SignInService } from './sign-in.service.js';

@Module({
  imports: [CredentialsModule, SessionsModule],
  controllers: [SignInController],
  providers: [SignInService],
})
export class SignInModule {}
