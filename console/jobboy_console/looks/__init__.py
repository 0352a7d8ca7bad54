"""How things look: styled lines, glyphs and words of states, colours, and text that is safe to show."""
