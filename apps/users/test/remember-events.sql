-- Of an outbox, which forgets what has been delivered: which events were committed, about whom.
CREATE TABLE told (topic text, subject text);
GRANT INSERT ON told TO users;
CREATE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO users.told VALUES (NEW.topic, NEW.event->>'subject');
  RETURN NULL;
END $$;
CREATE TRIGGER remember AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION remember();
