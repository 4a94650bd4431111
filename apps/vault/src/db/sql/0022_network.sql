-- compatible-from: 0020
-- Of a co-badged card, the network that its holder has chosen; nothing where there was no choice.
ALTER TABLE tokens ADD COLUMN network text;
