// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// The functions and events that Backed's token has, written anew for tests: shares, a multiplier that may be announced, a list of others.
contract BackedShape {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event TransferShares(address indexed from, address indexed to, uint256 value);
    event MultiplierUpdated(uint256 value);
    event MultiplierScheduled(uint256 value, uint256 activationTime);
    event PauseModeChange(bool pauseMode);
    event NewSanctionsList(address indexed newSanctionsList);

    uint8 public constant decimals = 18;
    address public minter;
    address public burner;
    address public pauser;
    address public multiplierUpdater;
    /// The real token asks a contract of others.
    address public sanctionsList = address(this);
    bool public isPaused;
    uint256 public lastMultiplier = 1e18;
    uint256 public lastMultiplierNonce;
    uint256 public newMultiplier = 1e18;
    uint256 public newMultiplierNonce;
    uint256 public newMultiplierActivationTime;
    uint256 public lastTimeFeeApplied = block.timestamp;
    uint256 public periodLength = 1 days;
    uint256 private totalShares;
    mapping(address => uint256) public sharesOf;
    mapping(address => bool) public isSanctioned;

    constructor(address operator) {
        minter = operator;
        burner = operator;
        pauser = operator;
        multiplierUpdater = operator;
    }

    modifier only(address role) {
        require(msg.sender == role, "not this role");
        _;
    }

    /// What a share is now is written down before anything is done with it, and from when on the next fee is due.
    modifier current() {
        (uint256 multiplier, uint256 periods, uint256 nonce) = getCurrentMultiplier();
        lastTimeFeeApplied += periods * periodLength;
        if (multiplier != lastMultiplier) write(multiplier, nonce, 0);
        _;
    }

    /// For whoever sets a test up; the real token's owner has a function for each.
    function setMinter(address next) external {
        minter = next;
    }

    function setMultiplierUpdater(address next) external {
        multiplierUpdater = next;
    }

    function setPeriodLength(uint256 next) external {
        periodLength = next;
    }

    function sanction(address account, bool on) external {
        isSanctioned[account] = on;
    }

    /// What the fees of a day bring, told by whoever sets a test up.
    function charge(uint256 multiplier) external current {
        write(multiplier, lastMultiplierNonce + 1, 0);
    }

    function setSanctionsList(address next) external {
        sanctionsList = next;
        emit NewSanctionsList(next);
    }

    /// The fee of a period is nothing here.
    function getCurrentMultiplier() public view returns (uint256 multiplier, uint256 periodsPassed, uint256 nonce) {
        if (block.timestamp < newMultiplierActivationTime) return (lastMultiplier, 0, lastMultiplierNonce);
        return (newMultiplier, (block.timestamp - lastTimeFeeApplied) / periodLength, newMultiplierNonce);
    }

    function totalSupply() external view returns (uint256) {
        (uint256 multiplier, , ) = getCurrentMultiplier();
        return (totalShares * multiplier) / 1e18;
    }

    function balanceOf(address account) external view returns (uint256) {
        (uint256 multiplier, , ) = getCurrentMultiplier();
        return (sharesOf[account] * multiplier) / 1e18;
    }

    /// The new value takes the place of one that is announced, though it replaces another.
    function updateMultiplierValue(
        uint256 next,
        uint256 old,
        uint256 activationTime
    ) external only(multiplierUpdater) current {
        require(lastMultiplier == old, "Multiplier changed in the meantime");
        write(next, lastMultiplierNonce + 1, activationTime);
    }

    function write(uint256 next, uint256 nonce, uint256 activationTime) private {
        require(next != 0, "Multiplier cannot be zero");
        require(activationTime < lastTimeFeeApplied + periodLength, "Activation after the next fee is due");
        newMultiplier = next;
        newMultiplierNonce = nonce;
        if (activationTime > block.timestamp) {
            newMultiplierActivationTime = activationTime;
            emit MultiplierScheduled(next, activationTime);
        } else {
            newMultiplierActivationTime = 0;
            lastMultiplier = next;
            lastMultiplierNonce = nonce;
            emit MultiplierUpdated(next);
        }
    }

    function mint(address to, uint256 amount) external only(minter) {
        move(address(0), to, amount);
    }

    function burn(address from, uint256 amount) external only(burner) {
        require(from == msg.sender, "Cannot burn account");
        move(from, address(0), amount);
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        require(!isSanctioned[msg.sender] && !isSanctioned[to], "sanctioned");
        move(msg.sender, to, amount);
        return true;
    }

    function setPause(bool on) external only(pauser) {
        isPaused = on;
        emit PauseModeChange(on);
    }

    function move(address from, address to, uint256 amount) private current {
        require(!isPaused, "paused");
        uint256 shares = (amount * 1e18) / lastMultiplier;
        if (from == address(0)) totalShares += shares;
        else sharesOf[from] -= shares;
        if (to == address(0)) totalShares -= shares;
        else sharesOf[to] += shares;
        emit Transfer(from, to, amount);
        emit TransferShares(from, to, shares);
    }
}
