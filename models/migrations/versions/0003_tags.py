"""Tags by hand, changes of many days in one run, what a tag run looked at."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import models.columns

revision = '0003'
down_revision = '0002'

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TEXT = sqlmodel.sql.sqltypes.AutoString()
AT = models.columns.UtcSeconds()


def upgrade() -> None:
    """Forward."""
    op.create_table('hand_tag',
    sa.Column('id', BIG_ID, nullable=False),
    sa.Column('record_id', BIG_ID, nullable=False),
    sa.Column('profile_id', BIG_ID, nullable=False),
    sa.Column('tag', TEXT, nullable=False),
    sa.Column('holds', sa.Boolean(), nullable=False),
    sa.Column('who', TEXT, nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('at', AT, nullable=False),
    sa.Column('until_at', AT, nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('hand_tag', schema=None) as batch_op:
        batch_op.create_index('ix_hand_tag_profile', ['profile_id', 'tag'], unique=False)
        batch_op.create_index('ix_hand_tag_record', ['record_id'], unique=False)

    op.create_index('ix_attempt_finished', 'attempt', ['finished_at'], unique=False)
    op.create_index('ix_receipt_at', 'receipt', ['at'], unique=False)
    for name in ('local', 'manual'):
        op.add_column('tag', sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    for column in (
        sa.Column('why', TEXT, nullable=False, server_default=''),
        sa.Column('judged', sa.Integer(), nullable=False, server_default='0'),
        sa.Column('touched', sa.Integer(), nullable=False, server_default='0'),
        sa.Column('finished_at', AT, nullable=True),
        sa.Column('checked', sa.Integer(), nullable=True),
        sa.Column('differing', sa.Integer(), nullable=True),
    ):
        op.add_column('tag_run', column)
    _remake_changes(['run_id', 'profile_id', 'tag', 'at'])


def downgrade() -> None:
    """Back; of several changes of one tag in one run only the newest is kept."""
    op.execute(sa.text(
        'DELETE FROM tag_change WHERE EXISTS (SELECT 1 FROM tag_change AS later'
        ' WHERE later.run_id = tag_change.run_id AND later.profile_id = tag_change.profile_id'
        ' AND later.tag = tag_change.tag AND later.at > tag_change.at)'
    ))
    _remake_changes(['run_id', 'profile_id', 'tag'])
    with op.batch_alter_table('tag_run', schema=None) as batch_op:
        for name in ('differing', 'checked', 'finished_at', 'touched', 'judged', 'why'):
            batch_op.drop_column(name)
    with op.batch_alter_table('tag', schema=None) as batch_op:
        for name in ('manual', 'local'):
            batch_op.drop_column(name)
    op.drop_index('ix_receipt_at', 'receipt')
    op.drop_index('ix_attempt_finished', 'attempt')
    with op.batch_alter_table('hand_tag', schema=None) as batch_op:
        batch_op.drop_index('ix_hand_tag_record')
        batch_op.drop_index('ix_hand_tag_profile')
    op.drop_table('hand_tag')


def _remake_changes(key: list[str]) -> None:
    """The history under another key: its rows are clustered by it."""
    op.drop_index('ix_tag_change_profile', 'tag_change')
    op.rename_table('tag_change', 'tag_change_before')
    op.create_table('tag_change',
    sa.Column('run_id', BIG_ID, nullable=False),
    sa.Column('profile_id', BIG_ID, nullable=False),
    sa.Column('tag', TEXT, nullable=False),
    sa.Column('at', AT, nullable=False),
    sa.Column('entered', sa.Boolean(), nullable=False),
    sa.Column('cause', TEXT, nullable=False),
    sa.PrimaryKeyConstraint(*key),
    sqlite_with_rowid=False
    )
    names = 'run_id, profile_id, tag, at, entered, cause'
    op.execute(sa.text(f'INSERT INTO tag_change ({names}) SELECT {names} FROM tag_change_before'))
    op.drop_table('tag_change_before')
    op.create_index('ix_tag_change_profile', 'tag_change', ['profile_id', 'tag'], unique=False)
